"""What a sentence means, whatever its words: vectors of sentences, and classifiers over them."""
