using ActorSockets.Gateway.Commands;

namespace ActorSockets.Gateway.Tests.Commands;

/// <summary>A command line as somebody typed it, and what came of it.</summary>
internal sealed class Typed : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public Dictionary<string, string> Environment { get; } = [];

    public string Output => _output.ToString();

    public string Errors => _errors.ToString();

    public Task<int> RunAsync(params string[] args) => CommandLine.RunAsync(
        args, new CommandHost(_output, _errors, false, name => Environment.GetValueOrDefault(name), TimeProvider.System), CancellationToken.None);

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
    }
}
