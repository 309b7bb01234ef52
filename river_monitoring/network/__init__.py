"""The network of waters: which reach flows into which, what lies upstream and downstream, management ranges."""
