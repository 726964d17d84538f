"""The embedded calendar as a platform: the receiving end of the signed webhook protocol."""
