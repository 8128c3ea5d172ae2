package dev.narrows.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/** {@code narrows shrink}: the commands that make a network smaller and faster. */
@Command(
        name = "shrink",
        description = {
            "Make a network smaller and faster: ONNX in, ONNX out, measured on the spot.",
            "",
            "Every command shows what was gained and what was lost, and writes nothing that is slower or worse than the "
                    + "limits allow, unless --force says so."
        },
        footer = {
            "  narrows shrink fuse model.onnx -o fused.onnx",
            "  narrows shrink quantize model.onnx --data photos/ --size 96 -o int8.onnx",
            "  narrows shrink prune model.onnx --filters 0.3 --data photos/ --force -o pruned.onnx",
        })
final class ShrinkCommand extends CommandGroup {

    static CommandLine commandLine(Terminal terminal) {
        CommandLine line = new CommandLine(new ShrinkCommand());
        line.addSubcommand(withoutNeedOfData(new ShrinkFuseCommand(terminal)));
        line.addSubcommand(withoutNeedOfData(new ShrinkQuantizeCommand(terminal)));
        line.addSubcommand(withoutNeedOfData(new ShrinkPruneCommand(terminal)));
        return line;
    }

    /** The options that name data are those of training, which cannot do without. */
    private static CommandLine withoutNeedOfData(Object command) {
        CommandLine line = new CommandLine(command);
        OptionSpec data = line.getCommandSpec().findOption("--data");
        line.getCommandSpec().remove(data);
        line.getCommandSpec().addOption(OptionSpec.builder(data).required(false).build());
        return line;
    }
}
