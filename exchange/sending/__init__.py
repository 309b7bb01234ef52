"""What this instance shows to others, made into packages and brought to them."""
