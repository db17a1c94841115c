"""What the stores show: the stock each of them is told, read back from them, rehearsed and kept true."""
