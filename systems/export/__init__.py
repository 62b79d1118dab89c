"""Everything an agency has here, as files that `import_cases` reads again."""
