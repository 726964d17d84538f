"""What the model may call: function tools, and the HTTP clients of the endpoints behind them."""
