assert new File(basedir, 'target/classes/com/example/Digits.class').isFile()
assert new File(basedir, 'target/classes/com/example/Main.class').isFile()
