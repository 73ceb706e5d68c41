def log = new File(basedir, 'build.log').text

// All errors of all files, in the build and in the check.
[~/(?m)^\[ERROR\] src\/main\/net\/typo\.net:3:14: error ESP103: unknown layer 'Linaer'$/,
 ~/(?m)^\[ERROR\] src\/main\/net\/shape\.net:\d+:\d+: error ESP301: /,
 ~/(?m)^\[ERROR\] src\/main\/net\/deep\/recursion\.net:\d+:\d+: error ESP212: /].each {
    assert (log =~ it).size() == 2
}
assert (log =~ /3 errors in 3 files/).size() == 2
assert log.contains("help: did you mean 'Linear'?")
assert !(log =~ /(?m)^\s+at org\./)

// Nothing is written, not even for the file that is fine.
assert !new File(basedir, 'target').exists()
