"""The stages of the data's path: one room a stage, standing on record, check, settings, errors and model."""
