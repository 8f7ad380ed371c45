"""The features of the SDK that are plugins: each goes through the hooks that anybody has."""
