def log = new File(basedir, 'build.log').text

assert !new File(basedir, 'target').exists()
assert log =~ /expected specifications, but there is no folder .*src.main.net; put one there/
assert log.contains('Skipped: espalier.skip is set')
