"""Tables for people: findings and query results, written for the terminal, Excel, the web and other programs."""
