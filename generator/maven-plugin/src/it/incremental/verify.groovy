def log = new File(basedir, 'build.log').text
def said = (log =~ /(?m)^\[INFO\] (Generated .*|Nothing to generate.*)$/).collect { it[1] }

assert said == [
    'Generated 2 networks from 2 specifications, 2 files changed',
    'Nothing to generate: all networks are up to date',
    'Generated 1 network from 1 specification, 1 file changed']
// The fourth build has no specification: what earlier ones generated goes, the folder's other files stay.
assert !new File(basedir, 'target/generated-sources/espalier/One.java').exists()
assert !new File(basedir, 'target/generated-sources/espalier/Two.java').exists()
