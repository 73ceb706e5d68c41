import java.nio.file.Files
import java.nio.file.Path

// The project has the files of all templates, each in a folder of its own: those of one become the project.
Path project = Path.of(request.outputDirectory, request.artifactId)
Path templates = project.resolve('templates')
String template = request.properties['template']
Path chosen = templates.resolve(template)
String path = request.properties['package'].replace('.', '/')

// Maven checks the name only where it asks for it.
if (!Files.isDirectory(chosen)) {
    String known = templates.toFile().list().sort().join(', ')
    project.toFile().deleteDir()
    throw new IllegalArgumentException("there is no template '$template'; -Dtemplate is one of $known")
}
Files.walk(chosen).filter { Files.isRegularFile(it) }.forEach { file ->
    Path target = project.resolve(chosen.relativize(file).toString().replace('PACKAGE', path))
    Files.createDirectories(target.parent)
    Files.move(file, target)
}
templates.toFile().deleteDir()
