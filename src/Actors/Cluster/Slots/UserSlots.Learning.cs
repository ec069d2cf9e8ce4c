namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>Gaining and losing buckets, and learning who holds what.</summary>
internal sealed partial class UserSlots
{
    /// <summary>Of the questions that are asked now: a bucket is known by answers of its own round or a later one.</summary>
    internal long Round { get; private set; } = firstRound;

    /// <summary>The membership changed. What a removed node held is free, buckets that went elsewhere are forgotten.</summary>
    internal void Follow(SlotView view, TimeSpan now)
    {
        var before = _view;
        _view = view;
        var gone = before.Members.Except(view.Members);
        var newcomers = view.Members.Except(before.Members);
        var ready = false;
        Round++;
        for (var index = 0; index < _buckets.Length; index++)
        {
            if (view.Owners[index] != view.Self) Drop(index);
            else if (_buckets[index] is not { } bucket) _buckets[index] = new OwnedBucket(view.Members, Round);
            else
            {
                if (!bucket.IsReady) bucket.Unheard.UnionWith(newcomers);
                if (gone.IsEmpty) continue;
                ready |= Bury(bucket, gone);
                if (bucket.IsReady) Balance(bucket, oldest: null, now);
            }
        }

        foreach (var node in gone) _notices.Forget(node);
        // Where all is known nobody expects a newcomer to hold anything, but it is asked.
        foreach (var node in newcomers) _notices.Doubt(node);
        if (ready) AnnounceReady();
    }

    /// <summary>There is a limit where there was none: what nodes hold there was never told, so nothing is decided until it is.</summary>
    internal void LearnAnew()
    {
        Round++;
        foreach (var bucket in Owned)
        {
            bucket.Unheard.UnionWith(_view.Members);
            bucket.Round = Round;
        }
    }

    /// <summary>Whom to ask what it holds, and in which of our buckets; the question carries the <see cref="Round"/>.</summary>
    internal IReadOnlyDictionary<string, BucketSet> Questions()
    {
        var questions = new Dictionary<string, BucketSet>();
        for (var index = 0; index < _buckets.Length; index++)
        {
            if (_buckets[index] is not { } bucket || (bucket.IsReady && _notices.Doubted.Count == 0)) continue;
            foreach (var node in bucket.Unheard.Concat(_notices.Doubted))
            {
                if (!questions.TryGetValue(node, out var asked)) questions.Add(node, asked = new BucketSet());
                asked.Add(index);
            }
        }

        return questions;
    }

    private void Drop(int index)
    {
        if (_buckets[index] is not { } bucket) return;
        foreach (var slot in bucket.Users.Values.SelectMany(u => u.Slots)) _unsettled.Remove((slot.Id, slot.Node));
        _buckets[index] = null;
    }

    /// <summary>True when nobody is left to be heard.</summary>
    private bool Bury(OwnedBucket bucket, IEnumerable<string> gone)
    {
        var nodes = gone.ToHashSet();
        foreach (var slot in bucket.Users.Values.SelectMany(u => u.Slots).Where(s => nodes.Contains(s.Node)).ToList()) Forget(bucket, slot);
        var wasReady = bucket.IsReady;
        bucket.Unheard.ExceptWith(nodes);
        return bucket.IsReady && !wasReady;
    }

    /// <summary>False for what a node said before something that was heard already. All that it holds makes good whatever was lost.</summary>
    private bool Follows(string node, long number, BucketSet buckets)
    {
        if (_notices.Last(node) is { } last && number <= last) return false;
        if (AllOf(buckets)) _notices.Begin(node, number);
        else _ = _notices.Follows(node, number);
        return true;
    }

    private bool AllOf(BucketSet buckets)
    {
        for (var index = 0; index < _buckets.Length; index++)
            if (_buckets[index] is not null && !buckets.Contains(index)) return false;
        return true;
    }
}
