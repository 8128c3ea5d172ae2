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
            "  narrows shrink auto model.onnx --data photos/ --max-latency 20 --tier-scale 8 -o search",
            "  narrows shrink share pruned.onnx --bits 5 --data photos/ --force -o shared.onnx",
            "  narrows shrink compress shared.onnx -o model.nrz",
        })
final class ShrinkCommand extends CommandGroup {

    static CommandLine commandLine(Terminal terminal) {
        CommandLine line = new CommandLine(new ShrinkCommand());
        line.addSubcommand(withoutNeedOfData(new ShrinkFuseCommand(terminal)));
        line.addSubcommand(withoutNeedOfData(new ShrinkQuantizeCommand(terminal)));
        line.addSubcommand(withoutNeedOfData(new ShrinkPruneCommand(terminal)));
        line.addSubcommand(toDirectory(withoutNeedOfData(new ShrinkAutoCommand(terminal))));
        line.addSubcommand(new ShrinkProfileCommand(terminal));
        line.addSubcommand(new ShrinkReportCommand(terminal));
        line.addSubcommand(withoutNeedOfData(new ShrinkShareCommand(terminal)));
        line.addSubcommand(new ShrinkCompressCommand(terminal));
        line.addSubcommand(new ShrinkExpandCommand(terminal));
        return line;
    }

    /** The options that name data are those of training, which cannot do without. */
    static CommandLine withoutNeedOfData(Object command) {
        CommandLine line = new CommandLine(command);
        OptionSpec data = line.getCommandSpec().findOption("--data");
        line.getCommandSpec().remove(data);
        line.getCommandSpec().addOption(OptionSpec.builder(data).required(false).build());
        return line;
    }

    /** What a search leaves is more than a file. */
    private static CommandLine toDirectory(CommandLine line) {
        OptionSpec output = line.getCommandSpec().findOption("--output");
        line.getCommandSpec().remove(output);
        line.getCommandSpec()
                .addOption(OptionSpec.builder(output)
                        .paramLabel("DIR")
                        .description("The directory to write to; a search that was stopped goes on from it.")
                        .build());
        return line;
    }
}
