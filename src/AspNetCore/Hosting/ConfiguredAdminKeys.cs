using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Admin;
using ActorSockets.AspNetCore.Configuration;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>The keys of <c>Admin:Keys</c>, as they are now.</summary>
internal sealed class ConfiguredAdminKeys(Live<ActorSocketsOptions> options) : IAdminKeys
{
    private volatile Prepared? _prepared;

    public IReadOnlyList<AdminKey> Current
    {
        get
        {
            var current = options.Current;
            if (_prepared is { } known && ReferenceEquals(known.Options, current)) return known.Keys;
            var made = new Prepared(current, [.. current.Admin.Keys.Select(k => new AdminKey(k.Key, k.Value.Key!, k.Value.Access == AdminAccess.Operate))]);
            _prepared = made;
            return made.Keys;
        }
    }

    private sealed record Prepared(ActorSocketsOptions Options, IReadOnlyList<AdminKey> Keys);
}
