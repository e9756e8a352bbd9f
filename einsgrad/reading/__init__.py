"""Reading expressions from text: numpy-like, in index notation, or as einsgrad prints them."""
