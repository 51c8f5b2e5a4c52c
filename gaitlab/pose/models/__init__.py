"""Which pose networks there are, where their files lie, fetching and checking them."""
