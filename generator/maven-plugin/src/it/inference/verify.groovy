// Nothing of ND4J is on the class path: the class, and the jar of the module that it needs.
def classes = new File(basedir, 'target/classes')
def jar = new File(localRepositoryPath, 'org/espalier/espalier-inference').listFiles().findAll { it.isDirectory() }
        .collectMany { it.listFiles().findAll { file -> file.name.endsWith('.jar') } }.find()
def java = new File(System.getProperty('java.home'), 'bin/java').path
def process = [java, '-cp', classes.path + File.pathSeparator + jar.path, 'com.example.scores.Main'].execute()
def out = new StringBuilder()
def err = new StringBuilder()
process.waitForProcessOutput(out, err)

assert out.toString().trim() == '[32.5, -1.5]' : "$out $err"
assert !new File(basedir, 'target/generated-sources/espalier/com/example/scores/Scores.java').exists()
