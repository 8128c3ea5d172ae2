package dev.narrows.cli;

/** The narrows command's entry: 0 is success, 1 a failure, 2 a wrong use. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        // Only the command decides what is printed: what libraries log below an error stays out of the terminal.
        setDefault("org.slf4j.simpleLogger.defaultLogLevel", "error");
        setDefault("java.awt.headless", "true");
        System.exit(run(Terminal.system(), arguments));
    }

    /** Runs one command line and returns its exit code. */
    static int run(Terminal terminal, String... arguments) {
        int code = NarrowsCommand.commandLine(terminal).execute(arguments);
        terminal.flush();
        return code;
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
