"""Messages of voters: to whom they go, the steps they take, who may read them, the private links."""
