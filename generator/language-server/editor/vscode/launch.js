'use strict';

const fs = require('fs');
const path = require('path');

/**
 * Finds what the language server is started with.
 *
 * @param settings the values of espalier.jar, espalier.java and espalier.jvmArguments
 * @param environment environment variables
 * @param folder the workspace's first folder, if there is one
 * @returns command and arguments, or the mistake as a sentence for the user
 */
function launch(settings, environment, folder) {
  const named = settings.jar || environment.ESPALIER_JAR;
  if (!named) {
    return { mistake: 'Espalier does not know where its command is: set espalier.jar to the path of espalier.jar.' };
  }
  const jar = path.resolve(folder || '.', named);
  if (!fs.existsSync(jar)) {
    return { mistake: `Espalier expected its command at ${jar} and found nothing: set espalier.jar to its path.` };
  }
  const name = process.platform === 'win32' ? 'java.exe' : 'java';
  const java = settings.java || (environment.JAVA_HOME ? path.join(environment.JAVA_HOME, 'bin', name) : name);
  return { command: java, arguments: [...(settings.jvmArguments || []), '-jar', jar, 'language-server'] };
}

module.exports = { launch };
