def log = new File(basedir, 'build.log').text

assert new File(basedir, 'target/generated-sources/espalier/com/example/basic/Perceptron.java').isFile()
assert new File(basedir, 'target/generated-test-sources/espalier/com/example/basic/Line.java').isFile()
assert new File(basedir, 'target/classes/com/example/basic/Perceptron.class').isFile()
assert new File(basedir, 'target/test-classes/com/example/basic/Line.class').isFile()
assert (log =~ /Generated 1 network from 1 specification/).size() == 2
assert (log =~ /Skipped: espalier.skip is set/).size() == 2
// The resolved regularizers, as the build prints them.
assert log =~ /elastic +l1\(1e-5\) \+ l2\(1e-4\)/
assert log.contains('hidden.weight')
assert !log.contains('[WARNING]')
