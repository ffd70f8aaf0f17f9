// Imported before anything that logs: what a command prints is its answer, one JSON document with --json. Whatever
// goes wrong is thrown and said in a sentence, so nothing is lost with the log.
process.env.LOG_LEVEL = 'silent'
