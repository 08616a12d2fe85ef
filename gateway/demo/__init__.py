"""The demo: five simulated departments, synthetic people, and the gateway in front of them."""
