"""/network/learn/: the network's administrators keep the toolboxes."""
