package dev.narrows.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"narrows " + (version == null ? "(development)" : version), "Java " + Runtime.version()};
    }
}
