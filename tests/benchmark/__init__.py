"""What `make bench` measures: our own figures beside a reference of the same run on the same machine."""
