"""What must survive a restart: cases, orders and their events, deliveries, clients and users."""
