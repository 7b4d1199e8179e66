// What Node alone takes to start and end.
