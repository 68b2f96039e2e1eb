"""The program `hub` with the plugins that are installed, for tests that need real processes."""

from hub.app import main

if __name__ == "__main__":
    main()
