"""`python -m scraper`, for where the console script is not on the path."""

from scraper.cli.main import main

if __name__ == "__main__":
    main()
