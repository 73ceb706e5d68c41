def log = new File(basedir, 'build.log').text

assert !new File(basedir, 'target').exists()
assert log.contains('expected specifications, but no file matches [**/*.net] in')
assert log.contains('Skipped: espalier.skip is set')
