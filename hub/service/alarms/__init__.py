"""What is wrong with customers' connections and exports: looked for, kept from its beginning to its end, said once."""
