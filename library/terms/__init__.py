"""The encyclopedia: terms of the congress's work and of waters, what they mean and which article they come from."""
