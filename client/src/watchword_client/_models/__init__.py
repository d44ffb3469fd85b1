"""What is asked and answered, one file per operation."""
