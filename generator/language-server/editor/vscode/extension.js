'use strict';

const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');
const { launch } = require('./launch');

/** The client of the one language server that runs, if one does. */
let client;

async function start() {
  const settings = vscode.workspace.getConfiguration('espalier');
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const server = launch(
    { jar: settings.get('jar'), java: settings.get('java'), jvmArguments: settings.get('jvmArguments') },
    process.env,
    folder
  );
  if (server.mistake) {
    const open = 'Open Settings';
    if ((await vscode.window.showErrorMessage(server.mistake, open)) === open) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'espalier');
    }
    return;
  }
  client = new LanguageClient(
    'espalier',
    'Espalier',
    { command: server.command, args: server.arguments },
    {
      documentSelector: [{ language: 'net' }],
      initializationOptions: { imports: settings.get('imports') },
      synchronize: { configurationSection: 'espalier' }
    }
  );
  try {
    await client.start();
  } catch (failure) {
    vscode.window.showErrorMessage(
      `Espalier could not start ${server.command}: ${failure.message}. Set espalier.java to a java of at least 17.`
    );
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running && running.isRunning()) {
    await running.stop();
  }
}

/** Starts the server when the first .net file is opened, and anew when it would be started otherwise. */
async function activate(context) {
  const restart = async () => {
    await stop();
    await start();
  };
  context.subscriptions.push(
    vscode.commands.registerCommand('espalier.restart', restart),
    vscode.workspace.onDidChangeConfiguration((changed) =>
      ['espalier.jar', 'espalier.java', 'espalier.jvmArguments'].some((name) => changed.affectsConfiguration(name))
        ? restart()
        : undefined
    )
  );
  await start();
}

module.exports = { activate, deactivate: stop };
