package dev.narrows.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code narrows train}: the commands that teach networks. */
@Command(
        name = "train",
        description = {
            "Teach a network: from scratch, from a teacher, to send little across a cut, to leave early.",
            "",
            "ONNX in, ONNX out. Training runs on libtorch, whose native libraries (110 MB) are fetched the first time."
        },
        footer = {
            "  narrows train fit --network cnn --data fashion-mnist -o trained",
            "  narrows train bottleneck model.onnx --cut block1 --data photos --bytes 96 -o narrow",
            "  narrows train exits model.onnx --exits auto --data photos -o early",
            "  narrows train input model.onnx --data photos --codecs jpeg:20,webp:20 --fine-tune 5 -o input",
        })
final class TrainCommand extends CommandGroup {

    static CommandLine commandLine(Terminal terminal) {
        CommandLine line = new CommandLine(new TrainCommand());
        line.addSubcommand(new TrainFitCommand(terminal));
        line.addSubcommand(new TrainDistillCommand(terminal));
        line.addSubcommand(new TrainBottleneckCommand(terminal));
        line.addSubcommand(new TrainExitsCommand(terminal));
        line.addSubcommand(new TrainRobustCommand(terminal));
        line.addSubcommand(TrainInputCommand.commandLine(terminal));
        return line;
    }
}
