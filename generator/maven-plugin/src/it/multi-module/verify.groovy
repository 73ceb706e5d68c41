def log = new File(basedir, 'build.log').text

assert new File(basedir, 'model/target/classes/com/example/model/Model.class').isFile()
assert new File(basedir, 'other/target/classes/com/example/other/Other.class').isFile()
assert (log =~ /Generated 1 network from 1 specification/).size() == 2
assert (log =~ /Checked 1 specification: nothing to complain of/).size() == 2
assert (log =~ /Nothing to generate/).size() == 4
