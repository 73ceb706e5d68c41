def log = new File(basedir, 'build.log').text

// As an error first; then as a warning of every build, although nothing changes.
assert (log =~ /(?m)^\[ERROR\] src\/main\/net\/unused\.net:5:5: warning ESP410/).size() == 1
assert (log =~ /(?m)^\[WARNING\] src\/main\/net\/unused\.net:5:5: warning ESP410/).size() == 2
assert (log =~ /Generated 1 network from 1 specification, 1 file changed/).size() == 1
assert (log =~ /Generated 1 network from 1 specification, 0 files changed/).size() == 1
assert new File(basedir, 'target/generated-sources/espalier/Unused.java').isFile()
