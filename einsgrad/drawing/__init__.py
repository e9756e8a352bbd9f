"""Pictures: tensor networks of einsums and their adjoints, graphs of expressions."""
