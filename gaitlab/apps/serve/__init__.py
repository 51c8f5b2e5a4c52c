"""The local page, `gaitlab serve`: films in by drag and drop, a queue, a library of sessions; nothing leaves."""
