'use strict';

const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { launch } = require('../launch');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'espalier'));
const jar = path.join(folder, 'espalier.jar');
fs.writeFileSync(jar, '');

assert.match(launch({}, {}, folder).mistake, /set espalier.jar/);
assert.match(launch({ jar: 'gone.jar' }, {}, folder).mistake, /expected its command at .*gone.jar and found nothing/);
assert.deepStrictEqual(launch({ jar: 'espalier.jar', java: '/jdk/bin/java', jvmArguments: ['-Xmx1g'] }, {}, folder), {
  command: '/jdk/bin/java',
  arguments: ['-Xmx1g', '-jar', jar, 'language-server']
});
assert.deepStrictEqual(launch({}, { ESPALIER_JAR: jar, JAVA_HOME: '/jdk' }, undefined), {
  command: path.join('/jdk', 'bin', process.platform === 'win32' ? 'java.exe' : 'java'),
  arguments: ['-jar', jar, 'language-server']
});
fs.rmSync(folder, { recursive: true });
console.log('the server is started as the settings say');
