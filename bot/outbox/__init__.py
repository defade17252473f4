"""What is said unasked: each post once, and edited as what it tells goes on."""
