// The project that the README describes, with the runtime that lacks the native libraries: nothing is run here.
def readme = new File(basedir, '../../../../../README.md').text

def block = { String language, String beginning ->
    def found = (readme =~ /(?ms)^```${language}\n(.*?)^```$/).collect { it[1] }.findAll { it.startsWith(beginning) }
    assert found.size() == 1: "one block of ${language} in the README that begins with ${beginning}"
    found[0]
}

def write = { String path, String text ->
    def file = new File(basedir, path)
    file.parentFile.mkdirs()
    file.setText(text, 'UTF-8')
}

write('pom.xml', block('xml', '<project').replace('espalier-runtime-cpu', 'espalier-runtime'))
write('src/main/net/digits.net', block('net', 'package com.example'))
write('src/main/java/com/example/Main.java', block('java', 'package com.example'))
