"""What stands around a domain – name servers, web servers, registries – played on this machine's loopback alone."""
