"""The pages, one module per subject; each module found here is part of the app."""
