assert basedir.name.contains(' ')
assert new File(basedir, 'target/generated-sources/espalier/Line.java').isFile()
