using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Tests.Admin;

internal sealed record LogLine(string Category, LogLevel Level, int EventId, string Message, IReadOnlyDictionary<string, object?> Fields, string Scopes);

/// <summary>Everything that was logged, at every level.</summary>
[ProviderAlias("Captured")]
internal sealed class CapturedLog : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ConcurrentQueue<LogLine> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    public string All() => string.Join('\n', Lines.Select(l => $"{l.Category} {l.Message} {string.Join(' ', l.Fields)} {l.Scopes}"));

    private sealed class Logger(CapturedLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var fields = new Dictionary<string, object?>();
            if (state is IEnumerable<KeyValuePair<string, object?>> pairs)
                foreach (var pair in pairs) fields[pair.Key] = pair.Value;
            var scopes = new List<string>();
            log._scopes.ForEachScope((scope, into) => into.Add(scope is IEnumerable<KeyValuePair<string, object>> p ? string.Join(' ', p) : $"{scope}"), scopes);
            log.Lines.Enqueue(new LogLine(category, logLevel, eventId.Id, formatter(state, exception) + exception, fields, string.Join(' ', scopes)));
        }
    }
}
