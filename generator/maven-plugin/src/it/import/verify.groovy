def log = new File(basedir, 'build.log').text
def said = (log =~ /(?m)^\[INFO\] (Imported .*|Nothing to import.*)$/).collect { it[1] }

assert said == ['Imported 1 model, 2 files changed', 'Nothing to import: all models are up to date']

// The class and its weights are all that a prediction needs.
def classes = new File(basedir, 'target/classes')
def jar = new File(localRepositoryPath, 'org/espalier/espalier-inference').listFiles().findAll { it.isDirectory() }
        .collectMany { it.listFiles().findAll { file -> file.name.endsWith('.jar') } }.find()
def java = new File(System.getProperty('java.home'), 'bin/java').path
def process = [java, '-cp', classes.path + File.pathSeparator + jar.path, 'com.example.scores.Main'].execute()
def out = new StringBuilder()
def err = new StringBuilder()
process.waitForProcessOutput(out, err)
assert out.toString().trim() == '[32.5, -1.5]' : "$out $err"

// Everything that is in the way of the third build is said, without a trace, and what is there stays.
assert log.contains("node 'places', NonZero (version 18): there is no rule for this operator")
assert log.contains("node 'over', ReduceSum (version 18): it works along the batch")
assert !(log =~ /(?m)^\s+at org\./)
assert new File(basedir, 'target/espalier/imported/com/example/scores/scores.net').exists()
assert !new File(basedir, 'target/espalier/imported/broken.net').exists()
