"""A planner that splits shared costs, goods or hours among people, to the last hundredth."""
